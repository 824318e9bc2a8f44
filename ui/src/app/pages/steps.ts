/** The way from a link to a server, with a step for answers only where something is asked. */
export const stepsFor = (asks: boolean): string[] => (asks ? ["Paste", "Review", "Answers", "Start", "Connect"] : ["Paste", "Review", "Start", "Connect"]);
