/**
 * Which page is shown. The address is the fragment (`#/history/ID`), so that back and forward work and a reload stays where one is,
 * in every shell. An address that leads nowhere is Home.
 */
export const pages = ['home', 'wizard', 'history', 'kernel', 'settings'] as const;
export type PageName = (typeof pages)[number];

export interface Place {
  readonly page: PageName;
  /** What the page shows in particular: an entry of the history, a step of the wizard. */
  readonly detail: string | null;
}

export function placeOf(fragment: string): Place {
  const [, page, detail] = /^#\/([a-z]+)(?:\/([a-z0-9-]+))?$/.exec(fragment) ?? [];
  const known = pages.find((name) => name === page);
  return known === undefined ? { page: 'home', detail: null } : { page: known, detail: detail ?? null };
}

export function addressOf(page: PageName, detail: string | null = null): string {
  return detail === null ? `#/${page}` : `#/${page}/${detail}`;
}

class Router {
  place: Place = $state.raw(placeOf(location.hash));

  start(): () => void {
    const follow = () => {
      this.place = placeOf(location.hash);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }

  go(page: PageName, detail: string | null = null): void {
    location.hash = addressOf(page, detail);
  }
}

export const router = new Router();
