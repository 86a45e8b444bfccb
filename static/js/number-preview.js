// The next number of a series, while one chooses how it is written.
document.querySelectorAll("[data-series]").forEach((series) => {
  const part = (name) => series.querySelector(`[data-part="${name}"]`);
  const example = series.querySelector("[data-example]");
  const given = example.textContent.match(/(\d+)$/)?.[1] ?? "1";
  const write = () => {
    const prefix = part("prefix").value.trim().toUpperCase();
    const year = { apart: `-${series.dataset.year}`, joined: series.dataset.year, none: "" }[part("year").value] ?? "";
    const typed = Number.parseInt(part("start")?.value ?? given, 10);
    const number = String(Number.isNaN(typed) ? 1 : typed).padStart(Number(part("digits").value), "0");
    example.textContent = `${prefix}${year}-${number}`;
  };
  series.addEventListener("input", write);
});
