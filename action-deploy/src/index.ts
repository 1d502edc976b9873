import { runAction } from '../../core/run/index.ts';
import { deploy } from './main.ts';

await runAction(deploy);
