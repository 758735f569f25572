import { createHash } from 'node:crypto';
import type { Letter } from '@midstream/notification-domain';

/**
 * Messages of one endpoint that may be under way at once: later facts do not wait behind a failing earlier one (protocol 34), and one endpoint
 * that hangs does not take all of the shell's 64 calls.
 */
export const LANES = 8;

export function laneOf({ endpointId, messageId }: Pick<Letter, 'endpointId' | 'messageId'>): string {
  return `${endpointId}#${createHash('sha256').update(messageId).digest().readUInt8(0) % LANES}`;
}
