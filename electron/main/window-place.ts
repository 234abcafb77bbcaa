/**
 * Where the window opens: where it was, as far as that place still exists. Pure. Invariant: whatever was remembered, enough of
 * the title bar lies on a display to be seen and grabbed, and the window is no larger than the display.
 */
import type { Display, Rectangle } from 'electron';
import { z } from 'zod';

export const smallest = { width: 480, height: 480 } as const;
const usual = { width: 1040, height: 760 } as const;
/** Pixels of the title bar that must be on a display, across and down. */
const grip = { width: 96, height: 32 } as const;

export const windowStateSchema = z.strictObject({
  version: z.literal(1),
  /** Null before the first time. Not maximised: what it returns to. */
  bounds: z
    .strictObject({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) })
    .nullable(),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const firstState: WindowState = { version: 1, bounds: null, maximised: false };

/** The primary display is the first one. Without a display the usual size is as good as any. */
export function placeFor(
  state: WindowState,
  displays: readonly Pick<Display, 'workArea'>[],
): Partial<Rectangle> & { readonly width: number; readonly height: number } {
  const { bounds } = state;
  const home = displays.find(({ workArea }) => bounds && canBeGrabbed(bounds, workArea)) ?? displays[0];
  const size = home ? within(bounds ?? usual, home.workArea) : usual;
  return bounds && home && canBeGrabbed(bounds, home.workArea) ? { x: bounds.x, y: bounds.y, ...size } : size;
}

function canBeGrabbed(window: Rectangle, area: Rectangle): boolean {
  const right = Math.min(window.x + window.width, area.x + area.width);
  const across = right - Math.max(window.x, area.x);
  const down = area.y + area.height - window.y;
  return across >= grip.width && window.y >= area.y && down >= grip.height;
}

function within(
  wanted: { readonly width: number; readonly height: number },
  area: Rectangle,
): { width: number; height: number } {
  return {
    width: Math.max(smallest.width, Math.min(wanted.width, area.width)),
    height: Math.max(smallest.height, Math.min(wanted.height, area.height)),
  };
}
