// Holds every report, and every page of a rollout under way, below a folder to what it promises: node report.cjs FOLDER [FOLDER FOR SCREENSHOTS]
"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [folder, shots] = process.argv.slice(2);
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

// Chromium as it was installed. Now and then a build of it dies as it starts, before it has seen a page; that says nothing of a
// report, so it is started again.
async function start() {
  for (let left = 4; ; left -= 1) {
    try {
      return await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: flags });
    } catch (error) {
      if (left === 0) throw error;
      console.error(`Chromium did not start, once more: ${error.message.match(/exitCode=\w+, signal=\w+/)?.[0] ?? error.message}`);
    }
  }
}

// A page with nobody's history, whose requests and complaints are written down.
async function open(browser, file, options = {}) {
  const context = await browser.newContext({
    viewport: desk, offline: true, locale: "en-GB", timezoneId: "Asia/Tokyo", ...options,
  });
  const page = await context.newPage();
  const asked = [], complaints = [];
  page.on("request", (r) => { if (!/^(file|data):/.test(r.url())) asked.push(r.url()); });
  page.on("console", (m) => { if (["error", "warning"].includes(m.type())) complaints.push(m.text()); });
  page.on("pageerror", (e) => complaints.push(String(e)));
  page.on("dialog", (d) => { complaints.push("a dialog: " + d.message()); d.dismiss(); });
  await page.goto(pathToFileURL(file).href);
  return {
    page,
    async close() {
      await context.close();
      assert.deepEqual(asked, [], "nothing is asked of a network");
      assert.deepEqual(complaints, [], "the browser complains of nothing");
    },
  };
}

const group = (n) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
const shown = (text) => Number(text.replace(/,/g, ""));

async function slide(page, id, value) {
  await page.$eval(`#${id}`, (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, String(value));
}

// What the page says at each of the plan's rates is what summary.json says.
async function slidersSayTheSummary(page, summary) {
  const data = JSON.parse(await page.$eval("#data", (s) => s.textContent));
  let compared = 0;
  for (const { uptake, exact } of summary.uptakes) {
    const rate = data.grid.uptakes.findIndex((u) => Math.abs(u - uptake) < 1e-9);
    if (rate < 0) continue;
    await slide(page, "uptake", rate);
    await slide(page, "deadline", data.grid.shift);
    const text = await page.textContent("#answer");
    const { mean, p5, p95 } = exact.failed_by_deadline;
    const range = p5 === p95 ? group(p5) : `${group(p5)} to ${group(p95)}`;
    assert.ok(text.includes(`9 of 10 outcomes it is ${range}.`), `${range} at ${uptake}: ${text}`);
    if (mean > 0) {
      const said = shown(text.match(/: ([\d.,]+) of /)[1]);
      assert.ok(Math.abs(said - mean) <= (mean < 999.5 ? 0.051 : 0.51), `${mean} at ${uptake}: ${text}`);
    }
    if (exact.within_tolerance !== undefined) {
      const said = text.match(/Chance of [\d,]+ or fewer: (.*?)\.$/)[1].replace(" ", ""), chance = exact.within_tolerance * 100;
      const right = said === "<1%" ? chance < 1 : said === ">99%" ? chance > 98.99 : Math.abs(parseFloat(said) - chance) <= 0.51;
      assert.ok(right, `${chance} % at ${uptake}: ${text}`);
      assert.ok(chance >= 90 || !/^(9\d|100)\b/.test(said), `never rounded up to a promise: ${text}`);
    }
    compared += 1;
  }
  return compared;
}

// Later deadlines mean no fewer failures; the curve is read by pointer and by keyboard, in the reader's zone.
async function controlsWork(page) {
  const mean = async () => shown((await page.textContent("#answer")).match(/: ([\d.,]+) of /)?.[1] ?? "0");
  const most = Number(await page.getAttribute("#deadline", "max"));
  let before = -1;
  for (const shift of [0, Math.floor(most / 2), most]) {
    await slide(page, "deadline", shift);
    assert.ok((await mean()) >= before);
    before = await mean();
  }
  await page.click("#reset");
  const curve = page.locator("#curve");
  await curve.scrollIntoViewIfNeeded();
  const box = await curve.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  const read = await page.textContent("#curve .read");
  assert.match(read, /\d:\d\d.*: [\d.,]+ \([\d,.]+( [Mbn]+)? to /);
  await page.mouse.move(2, 2);
  assert.equal(await page.locator("#curve .read").count(), 0);
  await curve.focus();
  const now = Number(await curve.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowRight");
  assert.equal(Number(await curve.getAttribute("aria-valuenow")), now + 1);
  assert.equal(await page.textContent("#curve .read"), await curve.getAttribute("aria-valuetext"));
  await page.keyboard.press("Escape");
}

// What a finger reads stays after it is lifted, and goes where the next tap is.
async function aFingerReadsTheCurve(page) {
  const curve = page.locator("#curve");
  await curve.scrollIntoViewIfNeeded();
  const box = await curve.boundingBox();
  const texts = [];
  for (const place of [0.55, 0.8]) {
    await page.touchscreen.tap(box.x + box.width * place, box.y + box.height / 2);
    texts.push(await page.textContent("#curve .read"));
  }
  texts.forEach((text) => assert.match(text, /\d:\d\d.*: [\d.,]+/));
  assert.notEqual(texts[0], texts[1]);
  assert.ok((await scrollsSideways(page)) <= 0, "no scrolling sideways while it is read");
}

// The time of day of a moment, by a clock of 24 hours: of `Mon, May 4, 9:00 AM` it is 09:00.
function clock(text) {
  const [, hour, minute, half] = text.match(/(\d{1,2}):(\d\d)(?: ([AP]M))?$/);
  return `${String(half ? Number(hour) % 12 + (half === "PM" ? 12 : 0) : Number(hour)).padStart(2, "0")}:${minute}`;
}

async function zonesAreChosen(page) {
  const times = () => page.$$eval("[data-at]", (cells) => cells.map((c) => [Number(c.dataset.at), c.textContent]));
  const inPlan = await times();
  assert.ok(inPlan.length > 3);
  await page.selectOption("#zone", "UTC");
  for (const [at, text] of await times()) {
    assert.ok(clock(text) === new Date(at * 1000).toISOString().slice(11, 16), text);
  }
  await page.selectOption("#zone", "");
  assert.equal(await page.locator(".zone-name").first().textContent(), "Asia/Tokyo", "the device's own zone");
  await page.selectOption("#zone", { index: 0 });
  assert.deepEqual(await times(), inPlan, "the script writes times as the page has them");
}

async function isAccessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  const told = serious.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  assert.deepEqual(told, [], what);
}

const scrollsSideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, name), fullPage: true });
}

async function hold(browser, name) {
  const file = path.join(folder, name, "report.html");
  const summary = JSON.parse(fs.readFileSync(path.join(folder, name, "summary.json"), "utf8"));
  const bytes = fs.statSync(file).size;
  assert.ok(bytes < 1_000_000, `${bytes} bytes`);

  const light = await open(browser, file, { colorScheme: "light" });
  const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await paper(light.page), "rgb(255, 255, 255)");
  if (name === "hostile") assert.equal((await light.page.textContent(".plan")).trim(), process.env.EXPECT_TITLE.trim());
  const compared = await slidersSayTheSummary(light.page, summary);
  assert.ok(compared > 0, "some rate was compared");
  await controlsWork(light.page);
  await zonesAreChosen(light.page);
  await isAccessible(light.page, "light");
  assert.ok((await scrollsSideways(light.page)) <= 0, "no scrolling sideways on a desk");
  await shoot(light.page, `${name}-light.png`);
  const pdf = await light.page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = (pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) || []).length;
  if (shots) fs.writeFileSync(path.join(shots, `${name}.pdf`), pdf);
  assert.ok(pages >= 1 && pages <= 4, `${pages} printed pages`);
  await light.close();

  const dark = await open(browser, file, { colorScheme: "dark" });
  assert.equal(await paper(dark.page), "rgb(20, 24, 29)");
  await isAccessible(dark.page, "dark");
  await shoot(dark.page, `${name}-dark.png`);
  await dark.close();

  const small = await open(browser, file, { viewport: phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  assert.ok((await scrollsSideways(small.page)) <= 0, "no scrolling sideways on a phone");
  await isAccessible(small.page, "phone");
  await aFingerReadsTheCurve(small.page);
  await shoot(small.page, `${name}-phone.png`);
  await small.close();

  const plain = await open(browser, file, { javaScriptEnabled: false });
  assert.equal(await plain.page.locator("#what-if").isVisible(), false, "no controls without scripts");
  assert.equal(await plain.page.locator("#decision").isVisible(), true);
  await plain.close();
  console.log(`${name}: ${compared} rates as in summary.json, ${pages} printed pages, ${Math.round(bytes / 1024)} KiB`);
}

// The page of a rollout under way: it opens with its forecast, and tells what would change it.
async function holdTrack(browser, name) {
  const file = path.join(folder, name, "track.html");
  const told = JSON.parse(fs.readFileSync(path.join(folder, name, "track.json"), "utf8"));
  const light = await open(browser, file, { colorScheme: "light" });
  const mean = async () => shown((await light.page.textContent("#answer")).match(/: ([\d.,]+) of /)?.[1] ?? "0");
  const wanted = told.forecast.failed_by_deadline.mean;
  assert.ok(Math.abs((await mean()) - wanted) <= 0.02 * wanted + 0.1, `${await mean()} and ${wanted}`);
  const before = await mean();
  await slide(light.page, "uptake", Number(await light.page.getAttribute("#uptake", "max")));
  assert.ok((await mean()) <= before, "more that act, fewer failures");
  await light.page.click("#reset");
  assert.equal(await mean(), before);
  await controlsWork(light.page);
  await isAccessible(light.page, "light");
  assert.ok((await scrollsSideways(light.page)) <= 0, "no scrolling sideways on a desk");
  await light.page.emulateMedia({ media: "print" });
  assert.equal(await light.page.locator(".misfit").count(), told.fits.misfit ? 1 : 0);
  if (told.fits.misfit) assert.ok(await light.page.locator(".misfit").isVisible(), "the warning is printed");
  await light.page.emulateMedia({ media: "screen" });
  await shoot(light.page, `${name}-light.png`);
  await light.close();
  const small = await open(browser, file, {
    viewport: phone, hasTouch: true, isMobile: true, deviceScaleFactor: 2, colorScheme: "dark",
  });
  assert.ok((await scrollsSideways(small.page)) <= 0, "no scrolling sideways on a phone");
  await isAccessible(small.page, "phone, dark");
  await aFingerReadsTheCurve(small.page);
  await shoot(small.page, `${name}-phone.png`);
  await small.close();
  const plain = await open(browser, file, { javaScriptEnabled: false });
  assert.equal(await plain.page.locator("#what-if").isVisible(), false, "no controls without scripts");
  assert.equal(await plain.page.locator("h1").isVisible(), true);
  await plain.close();
  console.log(`${name}: its sliders begin at the forecast`);
}

(async () => {
  const has = (name, page) => fs.existsSync(path.join(folder, name, page));
  const names = fs.readdirSync(folder).filter((n) => has(n, "report.html") || has(n, "track.html"));
  assert.ok(names.length > 0, "there are reports");
  let browser;
  try {
    browser = await start();
  } catch (error) {
    console.log(`skipped: Chromium is installed, and can't be started: ${error.message.split("\n")[0]}`);
    process.exit();
  }
  for (const name of names) {
    const check = has(name, "report.html") ? hold : holdTrack;
    try {
      await check(browser, name).catch(async (error) => {
        // A browser that died is no verdict; a report that kills two of them is. What an assertion says stands.
        if (browser.isConnected()) throw error;
        console.error(`${name}: the browser died, once more`);
        browser = await start();
        await check(browser, name);
      });
    } catch (error) {
      console.error(`${name}: ${error.stack}`);
      process.exitCode = 1;
    }
  }
  // A page that a failed assertion left open would keep this waiting.
  process.exit();
})();
