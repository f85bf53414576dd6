/** Days and nights by the clock of a time zone. */
export interface Calendar {
  /** `2026-11-30`. */
  day(seconds: number): string;
  /** `2026-11-30 22:15`. */
  minute(seconds: number): string;
  /** The day on whose evening the night began; undefined by day. */
  night(seconds: number): string | undefined;
}

export interface NightHours {
  /** Hours of the day, 0 to 23; a night that begins later than it ends spans midnight. */
  readonly from: number;
  readonly to: number;
}

/** @throws RangeError for an unknown zone */
export function createCalendar(timeZone: string, { from, to }: NightHours): Calendar {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const read = (seconds: number) => {
    const parts = format.formatToParts(seconds * 1_000);
    const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    const day = `${of('year')}-${of('month')}-${of('day')}`;
    return { day, hour: Number(of('hour')), time: `${of('hour')}:${of('minute')}` };
  };
  return {
    day: (seconds) => read(seconds).day,
    minute: (seconds) => {
      const { day, time } = read(seconds);
      return `${day} ${time}`;
    },
    night: (seconds) => {
      const { day, hour } = read(seconds);
      if (from <= to) return hour >= from && hour < to ? day : undefined;
      if (hour >= from) return day;
      // Noon of the day before, whatever the clocks did in this night.
      return hour < to ? read(seconds - (hour + 12) * 3_600).day : undefined;
    },
  };
}
