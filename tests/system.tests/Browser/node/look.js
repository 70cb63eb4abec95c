// Visits pages in both colour schemes, wide and on a phone: nothing sticks out, axe-core has nothing to say, nothing runs that must not.
import { close, input, isFullSize, open, run, shows, wrong } from './lib.js';

const widths = [1280, 390];
// Colours follow the scheme and the layout the width, so that axe-core sees all of both in these two; with the full size it looks at each of the four.
const seenByAxe = ['light 1280', 'dark 390'];

await run(async () => {
  for (const { name, path, status, text } of input.pages) {
    const page = await open(path, { status, script: 'node_modules/axe-core/axe.min.js' });
    await shows(page, text);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of widths) {
        await page.setViewportSize({ width, height: 844 });
        const where = `${name} (${path}), ${colorScheme}, ${width} wide`;
        const over = await page.evaluate(() => {
          const { clientWidth } = document.documentElement;
          // What scrolls by itself may hold more than fits.
          const isFree = (element) => element.matches('input, select, textarea, svg, svg *') || element.closest('.scroll') || element.clientWidth === 0;
          return [...document.querySelectorAll('main, main *, header *')]
            .filter((element) => !isFree(element) && (element.getBoundingClientRect().right > clientWidth || element.scrollWidth > element.clientWidth + 1))
            .map((element) => element.outerHTML.slice(0, 200)).join('\n') || (document.documentElement.scrollWidth > clientWidth && 'something');
        });
        if (over) wrong(where, `sticks out: ${over}`);
        if (!isFullSize && !seenByAxe.includes(`${colorScheme} ${width}`)) continue;
        const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
        for (const { id, help, nodes } of violations) wrong(where, `${id}, ${help}: ${nodes.slice(0, 3).map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`);
      }
    }
    await close(page);
  }
});
