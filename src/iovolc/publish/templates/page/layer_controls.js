/* Which layer of which channel the maps show, what its colours mean, and its value under the pointer. */
"use strict";
(function () {
  const { byId, make, options } = iovolc;
  const UNITS = { "normal scores": "ranks (normal scores), not brightness" }; // in plainer words
  const STEPS = { albedo: [0.05, 0.1, 0.2, 0.5, 1], rank: [0.5, 1, 2, 3] };

  iovolc.shownEpoch = () => iovolc.index.epochs[iovolc.state.epoch] || null;
  iovolc.beforeEpoch = () => iovolc.index.epochs[iovolc.state.before] || null;
  iovolc.epochsOf = (channel) =>
    iovolc.index.epochs.map((epoch, number) => ({ ...epoch, number })).filter((epoch) => epoch.channel === channel);

  /* What both maps paint now. */
  iovolc.sources = function () {
    const { kind, mode, swipe } = iovolc.state,
      epoch = iovolc.shownEpoch();
    const before = mode === "off" || kind === "base" || kind === "all" ? null : iovolc.beforeEpoch();
    const stretch = before && iovolc.commonStretch(kind, before, epoch);
    const source = (which) => iovolc.sourceOf(kind, which, stretch);
    const base = iovolc.baseSource(kind !== "base");
    const nothing = { codes: new Uint8Array(2), rows: 1, cols: 2, colours: new Uint32Array(256) };
    if (before && mode === "blink" && iovolc.blinkPhase)
      return { shown: source(before) || nothing, other: null, base, swipe };
    return {
      shown: source(epoch) || nothing,
      other: before && mode === "swipe" ? source(before) || nothing : null,
      base,
      swipe,
    };
  };

  iovolc.startLayerControls = function () {
    const { index, state } = iovolc;
    options(
      byId("layer"),
      Object.entries(iovolc.kinds)
        .filter(([kind]) => available(kind))
        .map(([kind, [name]]) => [kind, name]),
      state.kind,
    );
    options(
      byId("channel"),
      index.channels.map((name) => [name, name]),
      state.channel,
    );
    byId("layer").addEventListener("change", (event) => iovolc.set({ kind: event.target.value }));
    byId("channel").addEventListener("change", (event) => iovolc.toChannel(event.target.value));
    if (index.reach) {
      options(
        byId("size"),
        index.reach.sizes.map((size, number) => [number, size + " km"]),
        state.size,
      );
      options(
        byId("contrast"),
        STEPS.albedo.map((value) => [value, Math.round(100 * value) + " % in albedo"]),
        state.contrast,
      );
      options(
        byId("rank"),
        STEPS.rank.map((value) => [value, value + " standard deviations of rank"]),
        state.rank,
      );
      for (const key of ["size", "contrast", "rank"]) {
        byId(key).addEventListener("change", (event) => iovolc.set({ [key]: Number(event.target.value) }));
      }
    }
    for (const key of ["marks", "names", "grid"]) {
      byId(key).checked = state[key];
      byId(key).addEventListener("change", (event) => iovolc.set({ [key]: event.target.checked }));
    }
    iovolc.listen(["kind", "epoch", "before", "mode", "channel", "size", "contrast", "rank"], tell);
    tell();
  };

  function available(kind) {
    const { index } = iovolc;
    if (kind === "base") return Boolean(index.base);
    if (kind === "reach" || kind === "all") return Boolean(index.reach);
    if (kind === "coverage" || kind === "latest") return index.epochs.some((epoch) => epoch.layers.value);
    return index.epochs.some((epoch) => epoch.layers[kind]);
  }

  /* Another channel: its epoch nearest in time to the one shown. */
  iovolc.toChannel = function (channel) {
    const now = iovolc.shownEpoch(),
      mine = iovolc.epochsOf(channel);
    if (!mine.length) return;
    const away = (epoch) =>
      now ? Math.abs(iovolc.timeOf(epoch.stop) - iovolc.timeOf(now.stop)) : -iovolc.timeOf(epoch.stop);
    const best = mine.reduce((one, other) => (away(other) < away(one) ? other : one));
    const earlier = mine.filter((epoch) => epoch.number < best.number);
    iovolc.set({ channel, epoch: best.number, before: earlier.length ? earlier[earlier.length - 1].number : -1 });
  };

  function tell() {
    const { state, index } = iovolc,
      epoch = iovolc.shownEpoch();
    byId("layer").value = state.kind;
    byId("channel").value = state.channel;
    byId("asked").hidden = !(state.kind === "reach" || state.kind === "all");
    if (index.reach) {
      const relative = state.kind === "all" ? !index.reach.kinds.includes("albedo") : iovolc.isRanked(state.epoch);
      byId("contrast-part").hidden = relative;
      byId("rank-part").hidden = !relative;
    }
    const [name, meaning] = iovolc.kinds[state.kind];
    byId("layer-meaning").textContent =
      meaning + (state.kind === "base" && index.base ? " Source: " + index.base.note + "." : "");
    const missing = epoch && ["value", "difference", "z"].includes(state.kind) && !epoch.layers[state.kind];
    byId("layer-missing").textContent = missing
      ? "This epoch has no such map" + (epoch.layers.value ? ": nothing came before it to compare with." : ".")
      : "";
    legend(state, epoch, name);
    byId("map-title").textContent =
      state.kind === "base" || state.kind === "all"
        ? name
        : epoch
          ? name +
            (state.kind === "latest" ? " by " + epoch.stop.slice(0, 10) : ": " + iovolc.epochText(epoch)) +
            " (" +
            epoch.channel +
            ")"
          : name;
    for (const view of iovolc.mapViews) {
      view.canvas.setAttribute(
        "aria-label",
        view.canvas.dataset.name +
          ". " +
          byId("map-title").textContent +
          ". Arrow keys turn it, plus and minus zoom, Enter tells what lies in the middle.",
      );
    }
  }

  function legend(state, epoch, name) {
    const box = byId("legend");
    const classes =
      state.kind === "coverage"
        ? iovolc.coverages
        : state.kind === "reach" || state.kind === "all"
          ? iovolc.answers
          : null;
    if (classes) {
      const veil = iovolc.index.no_data;
      return box.replaceChildren(
        ...classes.map(([text, colour]) =>
          make(
            "span",
            { class: "key" },
            make("i", { style: "background:" + (colour ? "rgb(" + colour + ")" : veil) }),
            text,
          ),
        ),
      );
    }
    const layer = iovolc.layerOf(state.kind, epoch);
    if (!layer) return box.replaceChildren();
    const before = state.mode === "off" ? null : iovolc.beforeEpoch();
    const [low, high] = iovolc.commonStretch(state.kind, before, epoch) || layer.stretch;
    const table = iovolc.colourTable(["base", "latest"].includes(state.kind) ? "value" : state.kind);
    const stops = [0, 32, 64, 96, 128, 160, 192, 224, 255].map((at) => "rgb(" + table[at] + ")");
    const signed = (value) =>
      (state.kind === "difference" || state.kind === "z" ? (value > 0 ? "+" : "") : "") + Number(value.toPrecision(2));
    const words = { difference: ["darker", "brighter"], z: ["darker", "brighter"] }[state.kind] || ["", ""];
    box.replaceChildren(
      make("span", {}, (words[0] + " " + signed(low)).trim()),
      make("i", {
        class: "bar",
        style: "background:linear-gradient(to right," + stops + ")",
        role: "img",
        "aria-label": name + " from " + low + " to " + high + " " + layer.unit,
      }),
      make(
        "span",
        {},
        (signed(high) + " " + words[1]).trim() + (layer.unit ? ", " + (UNITS[layer.unit] || layer.unit) : ""),
      ),
      make(
        "span",
        { class: "key" },
        make("i", { style: "background:" + iovolc.index.no_data }),
        "no data: the base map, pale and blue",
      ),
    );
  }

  /* Place and value under the pointer. */
  iovolc.readout = function ([lon, lat], hit) {
    const { state } = iovolc,
      parts = [iovolc.placeText(lat, lon, state.sense)];
    const told = valueText(state.kind, iovolc.shownEpoch(), lon, lat);
    if (told) parts.push(told);
    if (state.mode !== "off" && iovolc.beforeEpoch()) {
      const before = valueText(state.kind, iovolc.beforeEpoch(), lon, lat);
      if (before) parts.push("before: " + before);
    }
    if (hit && hit.event)
      parts.push("event " + hit.event.event_id + ", " + hit.event.kind + ", tier " + hit.event.tier);
    if (hit && hit.spot) parts.push("hot spot " + (hit.spot.name || hit.spot.site_id));
    return parts.join(" · ");
  };

  function valueText(kind, epoch, lon, lat) {
    if (kind === "base") return "";
    const source = iovolc.sourceOf(kind, epoch, null);
    if (!source) return "no map";
    const row = Math.min(source.rows - 1, Math.floor(((90 - lat) / 180) * source.rows));
    const col = Math.floor(((iovolc.eastOf(lon) + 180) / 360) * source.cols) % source.cols;
    const code = source.codes[row * source.cols + col];
    if (kind === "coverage") return iovolc.coverages[2 - code][0];
    if (kind === "reach" || kind === "all") return iovolc.answers[code ? code - 1 : 3][0];
    if (!code) return kind === "value" || kind === "latest" ? "not seen" : "not compared";
    const layer = iovolc.layerOf(kind, epoch),
      value = iovolc.valueOf(layer, code);
    return (
      (kind === "value" || kind === "latest" ? "" : value > 0 ? "+" : "") +
      Number(value.toPrecision(2)) +
      " " +
      layer.unit
    );
  }
})();
