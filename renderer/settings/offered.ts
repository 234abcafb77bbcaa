/** The values that a list offers, with the one that is set among them: a setting made elsewhere must not vanish from sight. */
export function offered(values: readonly number[], current: number): readonly number[] {
  return values.includes(current) ? values : [...values, current].sort((a, b) => a - b);
}
