export function App() {
  return <div className="aurora" />;
}
