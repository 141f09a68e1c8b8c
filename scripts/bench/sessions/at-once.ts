/**
 * Does all of it, at most so many at once: when one is done the next begins.
 *
 * @throws what the first that failed threw.
 */
export async function atOnce<Item>(
  items: readonly Item[],
  places: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const takeOn = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: places }, takeOn));
}
