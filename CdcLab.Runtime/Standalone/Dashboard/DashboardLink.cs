using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>The addresses under which a browser of this machine finds the dashboard of a lab.</summary>
public static class DashboardLink
{
    /// <summary>The page, without a login.</summary>
    /// <param name="model">The lab.</param>
    /// <returns>The address.</returns>
    public static Uri Page(LabModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string host = model.Options.BindAddress == "0.0.0.0" ? "127.0.0.1" : model.Options.BindAddress;
        return new($"http://{host}:{model.DashboardPort}/");
    }

    /// <summary>The page with the token that logs in: whoever has the link sees the lab and can stop its servers.</summary>
    /// <param name="model">The lab.</param>
    /// <param name="secrets">Its secrets.</param>
    /// <returns>The address.</returns>
    public static Uri WithLogin(LabModel model, LabSecrets secrets) => WithLogin(Page(model), secrets);

    /// <summary>The same for a page that is somewhere else.</summary>
    /// <param name="page">The page.</param>
    /// <param name="secrets">The lab's secrets.</param>
    /// <returns>The address.</returns>
    public static Uri WithLogin(Uri page, LabSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        return new(page, $"login?t={secrets.DashboardToken}");
    }
}
