"use strict";
// The one page, where the address asks for it: the report's own chart moves there; letters shrink until all has room,
// and the chart where they are small already.
(() => {
  const show = () => {
    if (!/[?&]one-page\b/.test(location.search) && location.hash !== "#one-page") return;
    const page = document.getElementById("one-page");
    document.documentElement.classList.add("one-page");
    page.hidden = false;
    for (const place of page.querySelectorAll("[data-chart]")) {
      const chart = document.querySelector("#figure-" + place.dataset.chart + " svg");
      if (chart) place.append(chart);
    }
    const fits = () => page.scrollHeight <= page.clientHeight;
    const letters = (from, to) => {
      for (let size = from; size >= to - 0.01 && !fits(); size -= 0.1) page.style.fontSize = size.toFixed(1) + "pt";
    };
    page.style.fontSize = "9.6pt";
    letters(9.5, 8);
    for (let high = 110; high >= 50 && !fits(); high -= 5) {
      page.querySelectorAll("figure svg").forEach((chart) => { chart.style.maxHeight = high + "mm"; });
    }
    letters(7.9, 5);
  };
  addEventListener("hashchange", show);
  show();
})();
