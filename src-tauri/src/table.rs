//! One table for all commands: from it come the functions that the screens call and the TypeScript
//! that describes them, so that the two cannot drift apart.

/// Writes the Tauri commands, their handler and their description. A command `name(Input) ->
/// Output` calls `module::name(&AppState, Input)`.
macro_rules! commands {
    ($($module:ident { $( $name:ident($($input:ty)?) -> $output:ty; )+ })+) => {
        $($(
            #[tauri::command]
            pub(crate) async fn $name(
                state: tauri::State<'_, $crate::state::AppState>,
                $(input: $input,)?
            ) -> Result<$output, $crate::problem::Problem> {
                $crate::commands::$module::$name(&state, $({ let input: $input = input; input })?).await
            }
        )+)+

        /// Answers what the screens call.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($($name),+),+]
        }

        /// The commands as TypeScript, with every type they need.
        #[must_use]
        pub fn typescript() -> String {
            let mut types = $crate::types::Types::default();
            $($( types.command::<($($input,)?), $output>(stringify!($name)); )+)+
            types.write()
        }
    };
}
pub(crate) use commands;
