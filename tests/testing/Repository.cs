namespace OrderInventory.Testing;

/// <summary>Finds files of the repository from the folder a test runs in.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The configuration that the caller was built in.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>What the project in <paramref name="folder"/> (src/order-app) was built to, in the configuration of the caller.</summary>
    public static string Built(string folder, string assembly) => Path.Combine(Root, folder, "bin", Configuration, "net10.0", assembly + ".dll");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "OrderInventory.sln"))) return folder.FullName;
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
