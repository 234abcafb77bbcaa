/** Presses a button at the very moment when it can be pressed: faster than a person, and than a test that asks from outside. */
import type { Page } from 'playwright-core';

/**
 * `during`: only once the progress bar says so, by the beginning of its words. Answers at once how to wait until it was pressed: what
 * leads to that moment comes after this call.
 */
export async function pressingAtOnce(page: Page, button: string, during = ''): Promise<() => Promise<void>> {
  await page.evaluate(script(button, during));
  return () => page.evaluate('window.wasPressed');
}

/** As a text: it runs in the page, whose globals the tests do not have. */
const script = (button: string, during: string): string => `(() => {
  let pressed;
  window.wasPressed = new Promise((resolve) => { pressed = resolve; });
  const look = () => {
    const words = document.querySelector('[role=progressbar]')?.getAttribute('aria-valuetext') ?? '';
    const found = [...document.querySelectorAll('main button')].find(
      (one) => one.textContent.trim() === ${JSON.stringify(button)} && !one.disabled,
    );
    if (!found || !words.startsWith(${JSON.stringify(during)})) return;
    watch.disconnect();
    found.click();
    pressed();
  };
  const watch = new MutationObserver(look);
  watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
})()`;
