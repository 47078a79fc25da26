/* What the reader looks at: one object, told to all who listen, and kept in the address so that a view can be sent on. */
"use strict";
(function () {
  const listeners = [];
  const defaults = {
    lon: 0,
    lat: 0,
    zoom: 1, // centre of both maps
    kind: "latest",
    channel: "",
    epoch: -1, // what they show
    before: -1,
    mode: "off",
    swipe: 0.5, // held against what, and how
    size: 2,
    contrast: 0.2,
    rank: 1, // of the change asked about
    events: "all",
    marks: true,
    names: true,
    grid: true, // what lies on the maps
    event: "",
    spot: "",
    place: "", // what is chosen: ids, or "lat,lon"
    q: "",
    tiers: "ABC",
    what: "",
    status: "",
    near: false,
    sort: "order",
    page: 0, // the table
    sense: "e",
  };
  iovolc.state = { ...defaults };

  iovolc.listen = (keys, work) => listeners.push([keys, work]);

  /* Changes some values; those who listen to one of them are called once. */
  iovolc.set = function (patch) {
    const changed = Object.keys(patch).filter((key) => iovolc.state[key] !== patch[key]);
    if (!changed.length) return;
    Object.assign(iovolc.state, patch);
    for (const [keys, work] of listeners) if (changed.some((key) => keys.includes(key))) work(changed);
    remember();
  };

  let timer = 0;
  function remember() {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", iovolc.address()), 150);
  }

  iovolc.address = function () {
    const parts = new URLSearchParams();
    for (const [key, value] of Object.entries(iovolc.state)) {
      if (value !== defaults[key]) parts.set(key, typeof value === "number" ? String(Number(value.toFixed(3))) : value);
    }
    return "#?" + parts;
  };

  /* The values an address names; wrong ones are left out. `#event-<id>` chooses an event. */
  iovolc.readAddress = function (hash) {
    if (hash.startsWith("#event-")) return { event: decodeURIComponent(hash.slice(7)) };
    const found = {};
    if (!hash.startsWith("#?")) return found;
    for (const [key, text] of new URLSearchParams(hash.slice(2))) {
      if (!Object.hasOwn(defaults, key)) continue;
      const kind = typeof defaults[key];
      if (kind === "number" && isFinite(Number(text))) found[key] = Number(text);
      else if (kind === "boolean") found[key] = text === "true";
      else if (kind === "string") found[key] = text;
    }
    return found;
  };

  iovolc.setDefaults = (patch) => Object.assign(iovolc.state, patch) && Object.assign(defaults, patch);
})();
