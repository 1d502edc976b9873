import { runAction } from '../../core/run/index.ts';
import { dataGate } from './main.ts';

await runAction(dataGate);
