// Uses every form of pages: with the keyboard, and with a browser that runs no script.
import { base, close, input, open, run, shows, wrong } from './lib.js';

await run(async () => {
  for (const javaScriptEnabled of [true, false]) {
    for (const { name, path, status, text, forms } of input.pages) {
      const page = await open(path, { status, javaScriptEnabled });
      await shows(page, text);
      const known = new Set(forms.map((form) => form.action));
      for (const action of await page.locator('form').evaluateAll((all) => all.map((form) => form.getAttribute('action')))) if (!known.has(action)) wrong(name, `no test uses the form ${action}`);
      if (javaScriptEnabled) await keeps(page, name);
      for (const form of forms) if (!form.isOnce || !javaScriptEnabled) await use(page, path, form, javaScriptEnabled);
      await close(page);
    }
  }
});

async function use(page, path, { action, fields, text }, withKeys) {
  await page.goto(base + path);
  const form = page.locator(`form[action="${action}"]`).first();
  for (const [field, value] of Object.entries(fields)) {
    const control = form.locator(`[name="${field}"]`);
    if (await control.evaluate((element) => element.tagName) === 'SELECT') await control.selectOption(value);
    else await control.fill(value);
  }
  const button = form.locator('button').first();
  if (withKeys) await button.press('Enter');
  else await button.click();
  await shows(page, text, 20_000);
}

// The page changes while somebody types.
async function keeps(page, name) {
  const fields = page.locator('main :is(input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=number]), textarea)');
  for (const field of await fields.all()) await field.fill('half a wo');
  await page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('htmx:afterSettle', resolve, { once: true });
    htmx.trigger(document.getElementById('page'), 'changed');
  }));
  for (const [i, value] of (await fields.evaluateAll((all) => all.map((field) => field.value))).entries()) if (value !== 'half a wo') wrong(name, `field ${i + 1} forgot what was typed: it has "${value}"`);
}
