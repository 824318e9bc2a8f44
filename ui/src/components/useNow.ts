import { useEffect, useState } from "react";

/** The current time, renewed every `every` milliseconds; relative times stay true without a refetch. */
export function useNow(every = 10_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
