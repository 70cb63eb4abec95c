namespace OrderInventory.Web;

/// <summary>What the console did, and for whom.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{By} began an audit")]
    public static partial void AuditBegun(ILogger logger, string by);

    [LoggerMessage(2, LogLevel.Information, "The audit ended: {Summary}")]
    public static partial void AuditEnded(ILogger logger, string summary);

    [LoggerMessage(3, LogLevel.Information, "{By} breaks the run: {What}")]
    public static partial void Broken(ILogger logger, string by, string what);
}
