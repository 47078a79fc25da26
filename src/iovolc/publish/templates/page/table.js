/* The catalogue: sorted, filtered, some rows at a time, and linked with the maps. */
"use strict";
(function () {
  const { byId, make } = iovolc;
  const ROWS = 25;
  const COLUMNS = [
    ["order", "Event"],
    ["tier", "Tier"],
    ["kind", "Kind"],
    ["lat", "Place"],
    ["nearest_feature", "Near"],
    ["area_km2", "Area, km²"],
    ["onset_before_utc", "Began"],
    ["snr", "Signal / noise"],
    ["q_value", "False share q"],
    ["status", "Status"],
  ];
  const ORDER = new Map([
    ["tier", "ABC"],
    ["status", "confirmed provisional fading finished candidate"],
  ]);
  iovolc.sortKeys = COLUMNS.flatMap(([key]) => [key, "-" + key]);
  let rows = [];

  iovolc.startTable = function () {
    byId("previous").addEventListener("click", () => iovolc.set({ page: iovolc.state.page - 1 }));
    byId("next").addEventListener("click", () => iovolc.set({ page: iovolc.state.page + 1 }));
    iovolc.listen(["q", "tiers", "what", "status", "events", "near"], choose);
    iovolc.listen(["epoch"], () => iovolc.state.events === "begun" && choose());
    iovolc.listen(["lon", "lat", "zoom"], () => iovolc.state.near && later());
    iovolc.listen(["sort"], () => sort() || draw());
    iovolc.listen(["page", "sense"], draw);
    iovolc.listen(["event"], toRow);
    choose();
  };
  const later = iovolc.oncePerFrame(() => choose());

  function choose() {
    rows = iovolc.filteredEvents();
    iovolc.scene.events = rows;
    sort();
    const tiers = [..."ABC"].map((tier) => tier + " " + rows.filter((event) => event.tier === tier).length).join(", ");
    byId("count").textContent = rows.length + " of " + iovolc.events.length + " events: tier " + tiers;
    byId("all-again").hidden = rows.length === iovolc.events.length;
    toRow();
    draw();
    iovolc.redraw();
  }

  function sort() {
    const falling = iovolc.state.sort.startsWith("-"),
      key = iovolc.state.sort.replace("-", "");
    const rank = ORDER.has(key) ? (event) => ORDER.get(key).indexOf(event[key]) : (event) => event[key];
    rows = [...rows].sort((one, other) => {
      const a = rank(one),
        b = rank(other);
      if (a === null || a === undefined || a === "")
        return b === null || b === undefined || b === "" ? one.order - other.order : 1;
      if (b === null || b === undefined || b === "") return -1;
      const by = a < b ? -1 : a > b ? 1 : one.order - other.order;
      return falling ? -by : by;
    });
  }

  function toRow() {
    const at = rows.findIndex((event) => event.event_id === iovolc.state.event);
    if (at >= 0 && Math.floor(at / ROWS) !== iovolc.state.page) iovolc.set({ page: Math.floor(at / ROWS) });
    else draw();
  }

  function draw() {
    const { state } = iovolc,
      pages = Math.max(1, Math.ceil(rows.length / ROWS)),
      page = iovolc.clamp(state.page, 0, pages - 1);
    const keep = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.focus : "";
    byId("catalogue").tHead.replaceChildren(make("tr", {}, ...COLUMNS.map(heading)));
    const shown = rows.slice(page * ROWS, (page + 1) * ROWS);
    byId("catalogue").tBodies[0].replaceChildren(
      ...(shown.length
        ? shown.map(line)
        : [
            make(
              "tr",
              {},
              make(
                "td",
                { colspan: COLUMNS.length },
                iovolc.events.length ? "No event passes these filters." : "No change was found.",
              ),
            ),
          ]),
    );
    byId("pages").textContent = "Page " + (page + 1) + " of " + pages;
    byId("previous").disabled = page === 0;
    byId("next").disabled = page >= pages - 1;
    byId("pager").hidden = pages < 2;
    if (keep) document.querySelector('[data-focus="' + CSS.escape(keep) + '"]')?.focus({ preventScroll: true });
  }

  function heading([key, name]) {
    const { sort: now } = iovolc.state,
      up = now === key,
      down = now === "-" + key;
    const press = () => iovolc.set({ sort: up ? "-" + key : key, page: 0 });
    return make(
      "th",
      { scope: "col", "aria-sort": up ? "ascending" : down ? "descending" : "none" },
      make(
        "button",
        { type: "button", class: "sort", onclick: press, "data-focus": "sort-" + key },
        name,
        make("span", { "aria-hidden": "true" }, up ? " ▲" : down ? " ▼" : ""),
      ),
    );
  }

  function line(event) {
    const { state } = iovolc,
      chosen = state.event === event.event_id;
    const press = () => {
      iovolc.set({ event: event.event_id, spot: "", place: "" });
      iovolc.lookAt(event.lon_e, event.lat);
      iovolc.toDetail();
    };
    const near = event.nearest_km === null ? "" : " (" + Math.round(event.nearest_km) + " km)";
    return iovolc.tableRow({
      name: event.event_id,
      whole: true,
      chosen,
      press,
      cells: [
        ["Tier", make("span", { class: "tier " + event.tier }, event.tier)],
        ["Kind", event.kind],
        ["Place", iovolc.placeText(event.lat, event.lon_e, state.sense)],
        ["Near", event.nearest_feature ? event.nearest_feature + near : "–"],
        ["Area, km²", iovolc.withSigma(event.area_km2, event.area_sigma_km2, "").trim()],
        ["Began", iovolc.onsetText(event.onset_after_utc, event.onset_before_utc)],
        ["Signal / noise", event.snr === null ? "–" : event.snr.toFixed(1)],
        ["False share q", event.q_value === null ? "–" : String(Number(event.q_value.toPrecision(2)))],
        ["Status", event.status],
      ],
    });
  }

  /* The next or previous event of the table. */
  iovolc.stepEvent = function (by) {
    if (!rows.length) return;
    const at = rows.findIndex((event) => event.event_id === iovolc.state.event);
    const next = rows[at < 0 ? 0 : iovolc.clamp(at + by, 0, rows.length - 1)];
    iovolc.set({ event: next.event_id, spot: "", place: "" });
    iovolc.lookAt(next.lon_e, next.lat);
  };
})();
