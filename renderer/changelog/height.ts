/** Pixels of what shows a changelog; the row that holds it grows by so much. */
export const changelogHeight = 240;
