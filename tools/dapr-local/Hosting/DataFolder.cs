namespace DaprLocal.Hosting;

/// <summary>
/// The folder that holds all durable state of a run, locked for as long as the run lives (the kernel unlocks it however we end).
/// A list in it names the files that dapr-local made there; nothing else is ever deleted.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockFile = "dapr-local.lock";
    private const string ListFile = "dapr-local.files";
    private const string OwnerFile = "dapr-local.pid";
    private const string FirstLine = "# Files of dapr-local in this folder; reset deletes them, and the folder if nothing else is in it.";

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
        DataFolder? folder = null;
        try
        {
            Directory.CreateDirectory(path);
            folder = new DataFolder(path, Lock(path));
            File.WriteAllText(System.IO.Path.Combine(path, OwnerFile), $"{Environment.ProcessId}\n");
            folder.List([LockFile, OwnerFile, ListFile]);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            folder?.Dispose();
            throw Unusable(path, exception);
        }
    }

    /// <summary>Says which database files, relative to the folder, are about to be made in it. One that is there already and was not made by dapr-local stays the user's.</summary>
    public void WillMake(IEnumerable<string> databases)
    {
        var listed = Listed(Path);
        List(databases
            .Where(name => listed.Contains(name) || !File.Exists(System.IO.Path.Combine(Path, name)))
            .SelectMany(name => (string[])[name, name + "-wal", name + "-shm", name + "-journal"]));
    }

    /// <summary>Deletes the folder; refuses, with everything left as it is, while a run uses it and when it holds or is anything that dapr-local did not make.</summary>
    public static void Delete(string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (IsLink(new DirectoryInfo(path))) throw new UserException($"{path} is a link; nothing is deleted through links");
        var listed = Listed(path);
        if (listed.Count == 0) throw new UserException($"{path} was not made by dapr-local (it holds no list '{ListFile}' of its files); it is left alone");
        try
        {
            var entries = new List<FileSystemInfo>();
            using (Lock(path)) AddOwn(path, path, listed, entries);
            // Where a file that is open cannot be deleted, the lock could not be, either.
            foreach (var entry in entries.OrderBy(entry => entry is DirectoryInfo).ThenByDescending(entry => entry.FullName.Length)) entry.Delete();
            Directory.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be deleted: {exception.Message}");
        }
    }

    /// <summary>What to tell the user when the folder, or a file in it, cannot be opened.</summary>
    public static UserException Unusable(string path, Exception cause) =>
        new($"the data folder {path} cannot be used: {cause.Message.TrimEnd('.')}; give another one with --data DIR, or make room");

    public void Dispose() => _lock.Dispose();

    private static bool IsLink(FileSystemInfo entry) => entry.Attributes != (FileAttributes)(-1) && entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private static void AddOwn(string root, string folder, HashSet<string> listed, List<FileSystemInfo> entries)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var name = System.IO.Path.GetRelativePath(root, entry.FullName).Replace('\\', '/');
            var isOurs = !IsLink(entry) && (entry is FileInfo ? listed.Contains(name) : listed.Any(file => file.StartsWith(name + "/", StringComparison.Ordinal)));
            if (!isOurs) throw new UserException($"{root} also holds '{name}', which dapr-local did not make; nothing is deleted");
            entries.Add(entry);
            if (entry is DirectoryInfo) AddOwn(root, entry.FullName, listed, entries);
        }
    }

    // Names that would lead out of the folder are never followed.
    private static HashSet<string> Listed(string path)
    {
        var list = new FileInfo(System.IO.Path.Combine(path, ListFile));
        if (!list.Exists || IsLink(list) || File.ReadAllLines(list.FullName) is not [FirstLine, .. var names]) return [];
        return [.. names.Where(name => name.Length > 0 && !System.IO.Path.IsPathRooted(name) && !name.Split('/').Contains(".."))];
    }

    private void List(IEnumerable<string> names) =>
        File.WriteAllLines(System.IO.Path.Combine(Path, ListFile), [FirstLine, .. Listed(Path).Union(names).Order(StringComparer.Ordinal)]);

    private static FileStream Lock(string path)
    {
        var file = System.IO.Path.Combine(path, LockFile);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(file) && exception.HResult != ReadOnlyFileSystem)
        {
            var pid = System.IO.Path.Combine(path, OwnerFile);
            throw new UserException(
                $"the data folder {path} is in use by another dapr-local{(File.Exists(pid) ? $" (pid {File.ReadAllText(pid).Trim()})" : "")}; stop it first, or name another folder with --data DIR");
        }
    }
}
