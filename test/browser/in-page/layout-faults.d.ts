/** For `page.evaluate`: see layout-faults.js. */
export function findLayoutFaults(): string[];
