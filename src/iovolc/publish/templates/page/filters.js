/* Which events are listed and drawn: the reader's filters, shared by table and maps. */
"use strict";
(function () {
  const { byId, options } = iovolc;

  iovolc.startFilters = function () {
    const { state, events } = iovolc;
    const kinds = [...new Set(events.map((event) => event.kind))].sort(),
      statuses = [...new Set(events.map((event) => event.status))].sort();
    options(byId("what"), [["", "all kinds"], ...kinds.map((name) => [name, name])], state.what);
    options(byId("status"), [["", "every status"], ...statuses.map((name) => [name, name])], state.status);
    byId("find").value = state.q;
    byId("find").addEventListener("input", (event) => iovolc.set({ q: event.target.value, page: 0 }));
    byId("what").addEventListener("change", (event) => iovolc.set({ what: event.target.value, page: 0 }));
    byId("status").addEventListener("change", (event) => iovolc.set({ status: event.target.value, page: 0 }));
    byId("since").value = state.events;
    byId("since").addEventListener("change", (event) => iovolc.set({ events: event.target.value, page: 0 }));
    byId("near").checked = state.near;
    byId("near").addEventListener("change", (event) => iovolc.set({ near: event.target.checked, page: 0 }));
    for (const tier of "ABC") {
      byId("tier-" + tier).checked = state.tiers.includes(tier);
      byId("tier-" + tier).addEventListener("change", () =>
        iovolc.set({ tiers: [..."ABC"].filter((name) => byId("tier-" + name).checked).join(""), page: 0 }),
      );
    }
    byId("all-again").addEventListener("click", () => {
      iovolc.set({ q: "", tiers: "ABC", what: "", status: "", near: false, events: "all", page: 0 });
      iovolc.showFilters();
      byId("find").focus();
    });
  };

  iovolc.showFilters = function () {
    const { state } = iovolc;
    for (const [id, key] of [
      ["find", "q"],
      ["what", "what"],
      ["status", "status"],
      ["since", "events"],
    ])
      byId(id).value = state[key];
    byId("near").checked = state.near;
    for (const tier of "ABC") byId("tier-" + tier).checked = state.tiers.includes(tier);
  };

  const textOf = (event) =>
    (event.text ??= [
      event.event_id,
      event.kind,
      event.status,
      event.activity,
      event.nearest_feature,
      (event.channels || []).join(" "),
      (event.flags || []).join(" ").replace(/_/g, " "),
    ]
      .join(" ")
      .toLowerCase());

  iovolc.filteredEvents = function () {
    const { state } = iovolc,
      words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const epoch = state.events === "begun" ? iovolc.shownEpoch() : null,
      day = epoch ? epoch.stop.slice(0, 10) : "";
    const reach = state.zoom > 1 ? 90 / state.zoom : 90;
    return iovolc.events.filter(
      (event) =>
        state.tiers.includes(event.tier) &&
        (!state.what || event.kind === state.what) &&
        (!state.status || event.status === state.status) &&
        (!day || (event.onset_before_utc || event.last_seen_utc || "") <= day) &&
        (!state.near || iovolc.awayDegrees(event.lon_e, event.lat, state.lon, state.lat) <= reach) &&
        words.every((word) => textOf(event).includes(word)),
    );
  };
})();
