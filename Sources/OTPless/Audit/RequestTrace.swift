/// The request on whose behalf a task works, so that what it writes can name it.
///
/// A task-local value: it goes along with the task and needs no parameter in everything between the
/// endpoint and the store.
public enum RequestTrace {
    /// The request's id; nil outside of requests.
    @TaskLocal public static var id: String?
}
