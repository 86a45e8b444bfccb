// An identity of its own for a new line or a tab. Over plain HTTP (a try-out in one's own network) browsers have no
// randomUUID: then as RFC 9562 makes version 4.
export const newIdentity = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g,
  (place) => (place ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (place / 4)))).toString(16));
