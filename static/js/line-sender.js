// Posts to the server as the form around the lines would. Gives the status and the parts of a page; throws when signed out or busy.
export const sender = (form) => {
  const send = async (address, values, tries = 2) => {
    const data = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, language: form.elements.language.value, ...values });
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "text/html" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("signed out");
    if (answer.status >= 500) throw new Error("busy");
    const parts = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = parts.getElementById("complaints")?.dataset.token; // who signed in again has another
    if (!token || tries === 1) return { status: answer.status, parts };
    form.elements.csrf_token.value = token;
    return send(address, values, tries - 1);
  };
  return send;
};
