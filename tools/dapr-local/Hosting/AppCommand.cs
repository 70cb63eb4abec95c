namespace DaprLocal.Hosting;

/// <summary>
/// What is started for an app. <paramref name="Environment"/> is laid over the environment we inherited; a null value removes a variable.
/// </summary>
internal sealed record AppCommand(
    string AppId,
    string Program,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string?> Environment);
