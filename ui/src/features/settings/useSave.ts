import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useToast } from "@/components/Toasts";

/** Changes a setting and reads all of them again. */
export function useSave<T>(save: (value: T) => Promise<unknown>, said: string) {
  const say = useToast();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: save,
    onSuccess: () => { say({ text: said }); return cache.invalidateQueries({ queryKey: ["settings"] }); },
  });
}
