import type { Case } from './cases.ts';
import { FAULTS, QUESTION } from './cases-faults.ts';
import { HEALTHY } from './cases-healthy.ts';
import { LIMITS } from './cases-limits.ts';
import { LOST_PORTS, LOST_PORTS_LARGE } from './cases-lost-ports.ts';

export const ALL: readonly Case[] = [...HEALTHY, ...LIMITS, ...FAULTS, ...LOST_PORTS, LOST_PORTS_LARGE, QUESTION];
