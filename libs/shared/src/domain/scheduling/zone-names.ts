import { isTimeZone } from '../capacity/zone-time.js';
import { WINDOWS_ZONES } from './windows-zones.js';

const byWindowsName = new Map(WINDOWS_ZONES.map(([windows, iana]) => [windows.toLowerCase(), iana]));

/**
 * The IANA name of a time zone that is given by its IANA name or by Windows' (`W. Europe Standard Time`), in any case; null for
 * what is neither. Offsets such as `+02:00` are none: they know no summer time, and who writes one means a place.
 */
export function ianaZoneOf(name: string): string | null {
  const trimmed = name.trim();
  // First as it stands: Windows has a name "UTC" too, and it is the same.
  if (/^[A-Za-z]/.test(trimmed) && isTimeZone(trimmed)) return trimmed;
  return byWindowsName.get(trimmed.toLowerCase()) ?? null;
}
