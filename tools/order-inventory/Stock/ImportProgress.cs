using System.Text.Json;

namespace OrderInventory.Stock;

/// <summary>
/// How far an import has come, beside its file while it is not finished. Its id makes the idempotency key, so that what is sent again
/// after a stop is set once; the same file imported again later is another import.
/// </summary>
/// <param name="Id">Of the import.</param>
/// <param name="Hash">Of the file's content.</param>
/// <param name="Done">Products at the beginning of the file that have an outcome.</param>
/// <param name="Refused">How many of them were refused.</param>
internal sealed record ImportProgress(Guid Id, string Hash, int Done, int Refused)
{
    /// <summary>Where the progress of an import of <paramref name="file"/> is.</summary>
    public static string PathOf(string file) => file + ".progress";

    /// <summary>The progress of an import that stopped; null when there is none.</summary>
    /// <exception cref="IOException">There is one that cannot be read.</exception>
    public static ImportProgress? Read(string file)
    {
        var path = PathOf(file);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<ImportProgress>(File.ReadAllText(path)) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new IOException($"{path} is not what this tool wrote; delete it to begin anew.");
        }
    }

    /// <summary>Keeps other imports of the file away until it is disposed of; a process that ends gives it up.</summary>
    /// <exception cref="IOException">Another import of the file is under way.</exception>
    public static IDisposable Lock(string file)
    {
        try
        {
            return new FileStream(file + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error)
        {
            throw new IOException($"{file} is being imported already, or {file}.lock cannot be written: {error.Message}", error);
        }
    }

    /// <summary>Keeps it, as a whole or not at all.</summary>
    public void Write(string file)
    {
        var path = PathOf(file);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The import is finished.</summary>
    public static void Delete(string file) => File.Delete(PathOf(file));
}
