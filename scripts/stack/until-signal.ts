/**
 * Resolves with the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once: the servers that it
 * started are tied to its life and go with it.
 */
export function untilSignal(onFirst: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const hear = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130);
      asked = true;
      onFirst();
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear);
  });
}
