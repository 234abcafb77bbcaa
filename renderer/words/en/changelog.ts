/** What is new in a version, in the words of its makers. */
export const changelog = () => ({
  title: 'What is new',
  show: (name: string) => `What is new in ${name}`,
  of: (name: string) => `Changes in ${name}`,
  none: 'Its makers wrote nothing about these versions.',
  cut: 'The rest is left out here.',
});
