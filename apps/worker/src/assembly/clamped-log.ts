import type { Logger } from '@nestjs/common';
import { clampedSettings, type ContainerCaps } from '#shared/domain/container-settings.js';
import type { AppVersion } from '#shared/domain/function-app.js';

/** Says, once for each value, when this machine gives an app's containers less than the app's settings ask for. */
export function clampedLog(caps: ContainerCaps, logger: Pick<Logger, 'warn'>): (version: AppVersion) => void {
  const said = new Map<string, string>();
  return ({ appId, appName, container }) => {
    const sentences = clampedSettings(container, caps).map(
      ({ setting, wanted, given }) => `${setting} is ${given} in place of ${wanted}`,
    );
    const text = sentences.join(', ');
    if (said.get(appId) === text || (text === '' && !said.has(appId))) return;
    said.set(appId, text);
    logger.warn(
      text === ''
        ? `The app "${appName}" gets all that its settings ask for again.`
        : `This machine gives the containers of "${appName}" less than its settings ask for: ${text}.`,
    );
  };
}
