using System.Globalization;
using DaprLocal.Hosting;

namespace DaprLocal.Cli;

/// <summary>
/// The <c>dotnet run</c> that started us, if one did. Whoever kills it means to kill dapr-local, but the signal reaches only
/// <c>dotnet run</c>; so its end is taken as the order to end at once.
/// </summary>
internal static class DotnetRunParent
{
    /// <summary>Our parent, when it is a <c>dotnet run</c> process; null otherwise (and where /proc cannot tell).</summary>
    public static ProcessIdentity? Find()
    {
        if (!OperatingSystem.IsLinux() || ProcessIdentity.ParentOf(Environment.ProcessId) is not { } parent)
            return null;
        try
        {
            var command = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent.Id}/cmdline")).Split('\0');
            return command is [var program, "run", ..] && Path.GetFileName(program) == "dotnet" ? parent : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
