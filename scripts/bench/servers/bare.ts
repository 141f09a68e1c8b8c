// The floor: what Node's own server costs when it says yes to everybody.
import { answerParent, cpuMicros } from '../child.ts';
import { listenAnywhere } from '../listen.ts';

const tasks = {
  start: () => listenAnywhere((_req, res) => void res.end()),
  cpuMicros,
};
export type BareTasks = typeof tasks;

answerParent(tasks);
