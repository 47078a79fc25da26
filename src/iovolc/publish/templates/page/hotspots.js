/* Hot spots: their list, and for the chosen one its light curve. */
"use strict";
(function () {
  const { byId, make } = iovolc;
  const ROWS = 20;
  let page = 0,
    rows = [],
    peaks = false; // whether any brightness is known in watts

  iovolc.startSpots = function () {
    const { spots } = iovolc.index;
    byId("spots-section").hidden = !spots.rows.length;
    iovolc.scene.spots = spots.rows;
    if (!spots.rows.length) return;
    byId("to-spots").hidden = false;
    peaks = spots.rows.some((spot) => spot.peak_gw_um_sr !== null);
    byId("spots-peak").hidden = !peaks;
    const all = (rows = [...spots.rows].sort((one, other) => other.n_detections - one.n_detections));
    byId("spot-previous").addEventListener("click", () => draw(page - 1));
    byId("spot-next").addEventListener("click", () => draw(page + 1));
    byId("spot-find").addEventListener("input", (event) => {
      const word = event.target.value.toLowerCase();
      rows = all.filter((spot) =>
        [spot.site_id, spot.name, ...(spot.aliases || [])].join(" ").toLowerCase().includes(word),
      );
      draw(0);
    });
    iovolc.listen(["spot", "sense"], () => draw(page));
    draw(0);
  };

  function draw(to) {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    page = iovolc.clamp(to, 0, pages - 1);
    byId("spot-count").textContent =
      rows.length + " of " + iovolc.index.spots.rows.length + " hot spots; page " + (page + 1) + " of " + pages;
    byId("spot-previous").disabled = page === 0;
    byId("spot-next").disabled = page >= pages - 1;
    byId("spots").tBodies[0].replaceChildren(...rows.slice(page * ROWS, (page + 1) * ROWS).map(line));
  }

  function line(spot) {
    const { state } = iovolc,
      chosen = state.spot === spot.site_id;
    const press = () => {
      iovolc.set({ spot: spot.site_id, event: "", place: "" });
      iovolc.lookAt(spot.lon_e, spot.lat);
      iovolc.toDetail();
    };
    return iovolc.tableRow({
      name: spot.name || spot.site_id,
      chosen,
      press,
      cells: [
        ["Place", iovolc.placeText(spot.lat, spot.lon_e, state.sense)],
        ["Activity", spot.activity],
        ["Seen", times(spot.n_detections)],
        ["Not seen", times(spot.n_upper)],
        ["Last seen", spot.last_seen_utc ? spot.last_seen_utc.slice(0, 10) : "–"],
        ...(peaks ? [["Peak, GW/µm/sr", spot.peak_gw_um_sr === null ? "–" : iovolc.quantity(spot.peak_gw_um_sr)]] : []),
      ],
    });
  }
  const times = (many) => many + (many === 1 ? " time" : " times");

  iovolc.spotParts = async function (spot) {
    const { chunk } = iovolc.index.spots,
      at = iovolc.index.spots.rows.indexOf(spot),
      { sense } = iovolc.state;
    const held = await iovolc.load("curves/" + String(Math.floor(at / chunk)).padStart(4, "0"));
    const looks = held ? held[at % chunk] : [],
      curves = iovolc.curvesOf(looks),
      name = spot.name || spot.site_id;
    const power =
      spot.power_gw === null
        ? []
        : [
            [
              "Power",
              iovolc.quantity(spot.power_gw) +
                " GW" +
                (spot.power_low_gw === null
                  ? ""
                  : " (" + iovolc.quantity(spot.power_low_gw) + " to " + iovolc.quantity(spot.power_high_gw) + ")"),
            ],
          ];
    const facts = [
      ["Place", iovolc.placeText(spot.lat, spot.lon_e, sense) + ", ± " + spot.position_sigma_km.toFixed(1) + " km"],
      ...power,
      ...spot.facts,
    ];
    return [
      make("h3", {}, "Hot spot " + name),
      make("p", { class: "small" }, spot.site_id + " · the place: " + spot.activity),
      ...(curves.length
        ? curves.map((curve) => make("figure", {}, iovolc.drawCurve(curve, name)))
        : [make("p", {}, "No light curve was published with this run.")]),
      ...(curves.length
        ? [make("p", { class: "small" }, "Bars: one sigma. Arrows: limits. Hatched: no look for more than a year.")]
        : []),
      make(
        "dl",
        { class: "facts" },
        ...facts.map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, value))),
      ),
      ...(looks.length
        ? [make("details", {}, make("summary", {}, "The looks (" + looks.length + ")"), lookTable(looks, name))]
        : []),
    ];
  };

  const SHOWN = [
    ["time_utc", "Time"],
    ["band", "Band"],
    ["limit", "What"],
    ["radiance_gw_um_sr", "GW/µm/sr"],
    ["sigma_gw_um_sr", "±"],
    ["power_gw", "Power, GW"],
    ["relative_value", "Own unit"],
    ["source", "Source"],
  ];
  function lookTable(looks, name) {
    const columns = iovolc.index.spots.look;
    const text = (look, key) => {
      const value = look[columns.indexOf(key)];
      return value === null ? "–" : typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
    };
    return make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Looks at " + name },
      make(
        "table",
        {},
        make("thead", {}, make("tr", {}, ...SHOWN.map(([, title]) => make("th", { scope: "col" }, title)))),
        make(
          "tbody",
          {},
          ...looks.map((look) => make("tr", {}, ...SHOWN.map(([key]) => make("td", {}, text(look, key))))),
        ),
      ),
    );
  }
})();
