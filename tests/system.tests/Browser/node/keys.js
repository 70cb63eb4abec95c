// Goes through pages with the keyboard only: Tab comes by every link and control in the order of the page, and shows where it is.
import { close, input, open, run, wrong } from './lib.js';

const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';

// In the page: what a reader would call an element.
const named = `element => element === document.body ? 'nothing' : element.tagName + ' ' + (element.getAttribute('aria-label') ?? (element.closest('label') ?? element).innerText.trim()).slice(0, 60) + ' ' + (element.getAttribute('href') ?? '')`;

const tries = 3;

await run(async () => {
  for (const { name, path, status } of input.pages) {
    const page = await open(path, { status });
    await tabs(page, name);
    await skips(page, name);
    await enters(page, name);
    await close(page);
  }
});

// A page shows what is so now, so a link may go while the keyboard is on its way to it: then once more from the start.
async function tabs(page, name) {
  let found;
  for (let i = 0; i < tries; i++) {
    if (i > 0) await page.reload();
    const all = await elements(page);
    found = await differences(page, all);
    if (found.length === 0 || String(await elements(page)) === String(all)) break;
    console.log('the page changed meanwhile');
  }

  for (const difference of found) wrong(name, difference);
}

function elements(page) {
  return page.evaluate(`[...document.querySelectorAll('${controls}')].filter(element => element.checkVisibility()).map(${named})`);
}

async function differences(page, all) {
  const found = [];
  let isInOrder = true;
  for (const [i, wanted] of all.entries()) {
    await page.keyboard.press('Tab');
    const [what, isSeen] = await page.evaluate(`(element => {
      const style = getComputedStyle(element), box = element.getBoundingClientRect();
      return [(${named})(element), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.left >= 0 && box.top >= 0 && box.top < innerHeight];
    })(document.activeElement)`);
    if (!isSeen) found.push(`nobody sees that the focus is on ${what}`);
    if (isInOrder && what !== wanted) found.push(`Tab ${i + 1} comes to ${what}, not to ${wanted}`);
    isInOrder &&= what === wanted;
  }

  return found;
}

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
