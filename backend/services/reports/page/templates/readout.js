"use strict";
(() => {
  const lines = JSON.parse(document.getElementById("readout").textContent);
  const stack = document.querySelector("[data-stack]");
  const fields = [...stack.querySelectorAll(".field")];
  const cursors = [...stack.querySelectorAll(".cursor")];
  const values = [...document.querySelectorAll("[data-value]")];
  const last = lines.x.length - 1;
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const write = {
    time: (text) => text,
    equity: (value) => whole.format(value),
    hold: (value) => whole.format(value),
    drawdown: (value) => tenth.format(value) + " %",
    exposure: (value) => tenth.format(value) + " %",
  };

  const nearest = (x) => {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines.x[middle] < x) low = middle + 1;
      else high = middle;
    }
    return low > 0 && x - lines.x[low - 1] < lines.x[low] - x ? low - 1 : low;
  };

  const show = (place, seen) => {
    for (const value of values) {
      const name = value.dataset.value;
      value.textContent = write[name](lines[name][place]).replace("-", "\u2212");
      if (name === "time") value.textContent = lines.time[place];
    }
    for (const cursor of cursors) {
      const at = lines.x[place] / 100 + "%";
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
      cursor.setAttribute("visibility", seen ? "visible" : "hidden");
    }
  };

  stack.addEventListener("pointermove", (event) => {
    const box = fields[0].getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 10000;
    show(nearest(Math.min(Math.max(x, 0), 10000)), true);
  });
  stack.addEventListener("pointerleave", () => show(last, false));
})();
