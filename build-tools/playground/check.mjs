// Uses the playground in headless Chromium as a visitor would: node check.mjs URL CHROMIUM [PICTURE.png]
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [url, executablePath, picture] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1120, height: 900 } });
const problems = [];
page.on('pageerror', (error) => problems.push(error.message));
page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
page.on('request', (request) => {
  if (!request.url().startsWith(url) && !request.url().startsWith('data:')) {
    problems.push(`a request to ${request.url()}`);
  }
});

const image = () => page.locator('#image').getAttribute('src');
const changes = async (what, read, action) => {
  const before = await read();
  await action();
  await page.waitForFunction(([id, old]) => document.querySelector(id).src !== old, [what, before]);
  return read();
};
const set = (id, value) =>
  page.locator(id).evaluate((input, to) => {
    input.value = to;
    input.dispatchEvent(new Event('input'));
  }, value);

try {
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector('#image').src !== '');
  const model = await (await fetch(`${url}api/model`)).json();
  assert.equal(await page.locator('#model-name').textContent(), model.title);
  assert.equal(await page.locator('#classes button').count(), model.classes);

  const first = await image();
  const seeded = await changes('#image', image, () => page.fill('#seed', '5'));
  assert.notEqual(seeded, first, 'another seed is another image');
  await changes('#image', image, () => page.locator('#classes button').nth(3).click());
  const answer = await (await fetch(`${url}api/sample?seed=5&label=3`)).json();
  assert.equal(await image(), `data:image/png;base64,${answer.images[0].png}`, 'the image is the one of the API');

  assert.equal(await page.locator('#trace-section').isVisible(), model.traced);
  if (model.traced) {
    await page.waitForFunction(() => document.querySelectorAll('#steps img').length > 1);
    await changes('#image', image, () => page.locator('#steps button').nth(0).click());
    assert.equal(await page.locator('#iterations').inputValue(), '1', 'a click on an image chooses its iteration');
    await page.waitForFunction(() => document.querySelector('#curve .chosen') !== null);
    assert.ok((await page.locator('#curve .grid').count()) > 2, 'the residuals have lines with labels');
  } else {
    await changes('#image', image, () => set('#iterations', 1));
  }
  for (const [low, high] of [[1.02, 1.3], [0.98, 1.24], [4.1e-5, 5.3e-5], [0.3, 2.9], [7, 71], [2e-7, 3]]) {
    const lines = await page.evaluate((range) => ticks(...range), [low, high]);
    assert.ok(lines.length > 2 && lines.length < 11, `${lines.length} lines from ${low} to ${high}`);
    assert.ok(lines.every((line) => line >= low && line <= high));
  }
  await changes('#image', image, () => set('#iterations', 6));
  assert.match(await page.locator('#residual').textContent(), /^[\d.e-]+$/);
  assert.match(await page.locator('#latency').textContent(), /^[\d.]+ m?s$/);
  assert.match(await page.locator('#latencies').textContent(), /median .* 95th percentile/);

  const between = () => page.locator('#between').getAttribute('src');
  await page.waitForFunction(() => document.querySelectorAll('#frames img').length > 1);
  await changes('#between', between, () => set('#position', 0));
  const from = await between();
  await changes('#between', between, () => set('#position', 100));
  assert.notEqual(await between(), from, 'the other end is another image');
  await page.fill('#to', '8');

  // what cannot be leaves the page as it is
  await page.fill('#seed', '');
  await page.waitForTimeout(300);
  assert.equal(await page.locator('#problem').isVisible(), false);
  await page.fill('#seed', '5');
  await page.click('#shuffle');
  await page.waitForTimeout(300);
  await page.fill('#seed', '7');
  await set('#position', 50);
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(500);
  assert.deepEqual(problems, [], 'nothing went wrong meanwhile');
  if (picture) {
    await page.screenshot({ path: picture, fullPage: true });
  }
  await page.setViewportSize({ width: 390, height: 800 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `on a phone the page is ${wide} pixels wide`);

  const stopped = fetch(`${url}health`).then((r) => r.status);
  assert.equal(await stopped, 200);
  console.log('the playground works');
} finally {
  await browser.close();
}
