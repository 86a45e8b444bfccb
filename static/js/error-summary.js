// A page that came back with mistakes begins at their list; a link of the list goes to the field itself.
document.querySelector("[data-focus]")?.focus();
