/** Debian's chromium, as the tests start it. */

export const chromiumPath = '/usr/bin/chromium';

/**
 * Parts of its own window that are pages too, and would take a third of the time of short tests. The switch replaces the one that Playwright sets,
 * so what Playwright switches off is named again.
 */
const switchedOff = [
  ...['InitialWebUI', 'PreloadTopChromeWebUI', 'WebUIOmniboxPopup', 'WebUIReloadButton', 'WebUIToolbar'],
  ...['AimEnabled', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose'],
  ...['HttpsFirstBalancedModeAutoEnable', 'HttpsUpgrades', 'LensOverlay', 'MediaRouter'],
  ...['NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
];

export const chromiumOptions = {
  executablePath: chromiumPath,
  args: [
    `--disable-features=${switchedOff.join(',')}`,
    // As root, chromium's own sandbox does not start; the pages are ours.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
};
