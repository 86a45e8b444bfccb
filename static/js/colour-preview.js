// A colour while it is being chosen: the server says what becomes of it, and this page wears it.
const pause = 120;
const tried = document.getElementById("tried");

document.querySelectorAll("input[data-try]").forEach((input) => {
  let timer, asking;
  const wear = async () => {
    asking?.abort();
    asking = new AbortController();
    const answer = await fetch(`${input.dataset.try}?value=${encodeURIComponent(input.value)}`, { signal: asking.signal }).catch(() => null);
    if (!answer?.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    tried.replaceChildren(...found.children);
    const sheet = document.querySelector('link[href^="/brand-"]');
    const address = tried.firstElementChild?.dataset.sheet;
    if (sheet && address) sheet.href = address;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(wear, pause);
  });
});

// The logo as it will stand, before it is sent.
document.querySelectorAll("input[type=file][data-show]").forEach((input) => {
  input.addEventListener("change", () => {
    const file = input.files[0];
    const place = document.querySelector(".specimen .letterhead > :first-child");
    if (!file || !place) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      const image = document.createElement("img");
      image.className = "logo";
      image.alt = "";
      image.src = reader.result;
      place.replaceWith(image);
    });
    reader.readAsDataURL(file);
  });
});
