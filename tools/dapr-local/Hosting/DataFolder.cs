namespace DaprLocal.Hosting;

/// <summary>The folder that holds all durable state of a run, locked for as long as the run lives (the kernel unlocks it however we end).</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockFile = "lock";
    private const string OwnerFile = "owner.pid";

    // What an IOException carries when the file system is mounted read-only: EROFS of Linux and macOS.
    private const int ReadOnlyFileSystem = 30;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>Creates and locks the folder.</summary>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, exception);
        }

        var folder = new DataFolder(path, Lock(path));
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, OwnerFile), $"{Environment.ProcessId}\n");
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw Unusable(path, exception);
        }
    }

    /// <summary>Deletes the folder with everything in it; refuses while a run uses it, and a folder that is none of ours.</summary>
    public static void Delete(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(System.IO.Path.Combine(path, LockFile)))
            throw new UserException($"{path} was not made by dapr-local (it holds no '{LockFile}' file); it is left alone");
        using var held = Lock(path);
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be deleted: {exception.Message}");
        }
    }

    /// <summary>What to tell the user when the folder, or a file in it, cannot be opened.</summary>
    public static UserException Unusable(string path, Exception cause) =>
        new($"the data folder {path} cannot be used: {cause.Message.TrimEnd('.')}; give another one with --data DIR, or make room");

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(file) && exception.HResult != ReadOnlyFileSystem)
        {
            var owner = OwnerOf(path);
            throw new UserException(
                $"the data folder {path} is in use by another dapr-local{(owner is null ? "" : $" (pid {owner})")}; stop it first, or give this run its own folder with --data DIR");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, exception);
        }
    }

    private static string? OwnerOf(string path)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(path, OwnerFile)).Trim() is { Length: > 0 } owner ? owner : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
