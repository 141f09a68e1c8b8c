/** The environment variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * This process's environment, for the configuration, for the SDK's own variables and for the programs that we
 * start. Nobody else reads it.
 */
export function environment(): Environment {
  return { ...process.env };
}
