// Goes through pages with the keyboard only: Tab comes by every link and control in the order of the page, and shows where it is.
import { close, input, open, run, wrong } from './lib.js';

const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';

// In the page: what a reader would call an element.
const named = `element => element === document.body ? 'nothing' : element.tagName + ' ' + (element.getAttribute('aria-label') ?? (element.closest('label') ?? element).innerText.trim()).slice(0, 60) + ' ' + (element.getAttribute('href') ?? '')`;

await run(async () => {
  for (const { name, path, status } of input.pages) {
    const page = await open(path, { status });
    const all = await page.evaluate(`[...document.querySelectorAll('${controls}')].filter(element => element.checkVisibility()).map(${named})`);
    const reached = [];
    for (let i = 0; i < all.length; i++) {
      await page.keyboard.press('Tab');
      const [what, isSeen] = await page.evaluate(`(element => {
        const style = getComputedStyle(element), box = element.getBoundingClientRect();
        return [(${named})(element), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.left >= 0 && box.top >= 0 && box.top < innerHeight];
      })(document.activeElement)`);
      reached.push(what);
      if (!isSeen) wrong(name, `nobody sees that the focus is on ${what}`);
    }
    for (const [i, what] of all.entries()) if (reached[i] !== what) { wrong(name, `Tab ${i + 1} comes to ${reached[i]}, not to ${what}`); break; }
    await skips(page, name);
    await enters(page, name);
    await close(page);
  }
});

async function skips(page, name) {
  console.log('the skip link');
  await page.reload();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  if (await page.evaluate(() => document.activeElement.id) !== 'page') wrong(name, 'the skip link does not lead to the content');
  const first = await page.evaluate(`(element => element && (${named})(element))(document.querySelector('main').querySelector('${controls}'))`);
  await page.keyboard.press('Tab');
  const next = await page.evaluate(`(${named})(document.activeElement)`);
  if (first && next !== first) wrong(name, `behind the skip link Tab comes to ${next}, not to ${first}`);
}

async function enters(page, name) {
  const link = page.locator('main a[href]').first();
  if (await link.count() === 0) return;
  const target = new URL(await link.getAttribute('href'), page.url()).href;
  console.log(`the link to ${target}`);
  await link.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(target).catch(() => wrong(name, `Enter on a link leads to ${page.url()}, not to ${target}`));
}
