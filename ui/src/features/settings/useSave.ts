import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@/components/Toasts";

/** Changes a setting and reads all of them again. */
export function useSave<T>(save: (value: T) => Promise<unknown>, said: string | ((value: T) => string)) {
  const say = useToast();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: save,
    onSuccess: (_, value) => { say({ text: typeof said === "string" ? said : said(value) }); return cache.invalidateQueries({ queryKey: ["settings"] }); },
  });
}
