const pattern = /^(((\w+:)?\/\/)?([^@/?#]*@)?(\[[^\]]*]|[^:/?#]+)(:(\d*))?)?([^?#]*)\??([^#]*)/;
function url(uri, path = "", loc = globalThis.location || // there is no page:
{ protocol: "http:", hostname: "localhost" }) {
  const [, , , protocol = loc.protocol, , name, , digits, nsp, query] = pattern.exec(uri || "");
  const secure = /[ps]s:/.test(protocol);
  const hostname = name || loc.hostname;
  const port = (name ? digits : loc.port) || "";
  return {
    secure,
    hostname,
    port,
    path: nsp || "/",
    search_: query,
    id: `${protocol}//${hostname}:${port || (secure ? 443 : 80)}${path}`
  };
}
function uriOf(scheme, opts, query, unique) {
  const { hostname, port, path, search_: search, timestampParam = "t" } = opts;
  const all = { ...query, ...unique && { [timestampParam]: Math.random().toString(36).slice(2) } };
  const pairs = Object.entries(all).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${scheme}://${hostname}${port && ":" + port}${path}?${pairs.join("&")}${search && "&" + search}`;
}
export {
  uriOf,
  url
};
