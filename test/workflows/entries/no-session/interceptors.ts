export const interceptors = () => ({});
