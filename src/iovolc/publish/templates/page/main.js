/* The start: the index is here, the address is read, everything begins. */
"use strict";
(function () {
  const { byId } = iovolc;

  iovolc.load("index").then((index) => {
    if (!index) return fail();
    iovolc.index = index;
    iovolc.events = index.events.rows.map((row, order) =>
      Object.assign(Object.fromEntries(index.events.columns.map((name, i) => [name, row[i]])), { order }),
    );
    iovolc.setDefaults(firstView(index));
    Object.assign(iovolc.state, sound(iovolc.readAddress(location.hash), index));
    iovolc.startMaps();
    iovolc.startLayerControls();
    iovolc.startTimeline();
    iovolc.startCompare();
    iovolc.startFilters();
    iovolc.startTable();
    iovolc.startSpots();
    iovolc.startDetail();
    iovolc.startKeys();
    startSense();
    key();
    addEventListener("hashchange", (event) => {
      const { hash } = new URL(event.newURL), // the address itself may have been rewritten since
        chosen = hash.startsWith("#event-");
      if (!chosen && !hash.startsWith("#?")) return;
      iovolc.set({ ...(chosen ? { spot: "", place: "" } : {}), ...sound(iovolc.readAddress(hash), index) });
      iovolc.showFilters();
      if (chosen) iovolc.toDetail();
    });
    addEventListener("beforeprint", () => {
      for (const part of document.querySelectorAll(".banner details")) part.open = true;
    });
    if (location.hash.startsWith("#event-")) byId("detail").scrollIntoView();
    document.documentElement.dataset.ready = "yes";
  });

  function fail() {
    document.documentElement.classList.remove("js");
    byId("no-data").hidden = false;
  }

  /* Io as last seen in the channel with the most looks, beside its look before, turned to the strongest event. */
  function firstView(index) {
    const numbers = index.epochs.map((_, number) => number),
      first = iovolc.events[0];
    const mapped = numbers.filter((number) => index.epochs[number].layers.value);
    const many = (name) => mapped.filter((number) => index.epochs[number].channel === name).length;
    const channel = [...index.channels].sort((one, other) => many(other) - many(one))[0] || "";
    const mine = numbers.filter((number) => index.epochs[number].channel === channel);
    return {
      kind: mapped.length ? "latest" : "base",
      channel,
      epoch: mine.at(-1) ?? -1,
      before: mine.at(-2) ?? -1,
      lon: first ? Math.round(first.lon_e) : 0,
      lat: first ? Math.round(first.lat / 2) : 0,
    };
  }

  /* Only what the index knows: an address may come from another run. */
  function sound(found, index) {
    const clean = { ...found },
      drop = (key) => delete clean[key];
    if ("kind" in clean && !Object.hasOwn(iovolc.kinds, clean.kind)) drop("kind");
    if ("channel" in clean && !index.channels.includes(clean.channel)) drop("channel");
    for (const key of ["epoch", "before"]) if (key in clean && !Object.hasOwn(index.epochs, clean[key])) drop(key);
    if (clean.epoch !== undefined) clean.channel = index.epochs[clean.epoch].channel;
    if ("mode" in clean && !["off", "swipe", "blink"].includes(clean.mode)) drop("mode");
    if ("size" in clean && !(index.reach && index.reach.sizes[clean.size])) drop("size");
    if ("zoom" in clean) clean.zoom = iovolc.clamp(clean.zoom, 1, 16);
    if ("lat" in clean) clean.lat = iovolc.clamp(clean.lat, -90, 90);
    if ("lon" in clean) clean.lon = iovolc.eastOf(clean.lon);
    if ("swipe" in clean) clean.swipe = iovolc.clamp(clean.swipe, 0, 1);
    for (const key of ["contrast", "rank"]) if (key in clean && !(clean[key] > 0)) drop(key);
    if ("sort" in clean && !iovolc.sortKeys.includes(clean.sort)) drop("sort");
    if ("sense" in clean && !["e", "w"].includes(clean.sense)) drop("sense");
    return clean;
  }

  function startSense() {
    const button = byId("sense");
    const tell = () => {
      const west = iovolc.state.sense === "w";
      button.textContent = west ? "Longitudes: west, 0 to 360" : "Longitudes: east, −180 to 180";
      button.setAttribute("aria-label", button.textContent + ". Press for the other sense.");
    };
    button.addEventListener("click", () => iovolc.set({ sense: iovolc.state.sense === "e" ? "w" : "e" }));
    iovolc.listen(["sense"], tell);
    tell();
  }

  /* The marks beside the words that explain them. */
  function key() {
    for (const tier of "ABC") byId("key-" + tier).append(iovolc.markOf(tier, iovolc.index.tiers[tier]));
    if (iovolc.index.spots.rows.length) byId("key-spot").append(iovolc.markOf("spot", "#e69f00"));
    else byId("key-spot").parentElement.hidden = true;
  }
})();
