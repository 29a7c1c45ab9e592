import type { ThemeConfig } from 'antd'

/** Colours that give no contrast violation (ux.md A7). `*Bg` are said: derived ones turn grey. */
export const theme: ThemeConfig = {
  token: {
    fontFamily: "'Noto Sans SC Variable', system-ui, sans-serif",
    fontSize: 14,
    colorPrimary: '#0b4fb3',
    colorInfo: '#0b4fb3',
    colorLink: '#0b4fb3',
    colorInfoBg: '#eef4fd',
    colorSuccess: '#1f7a1f',
    colorSuccessBg: '#f0faf0',
    colorWarning: '#9a5b00',
    colorWarningBg: '#fff8e6',
    colorError: '#b42318',
    colorErrorBg: '#fef3f2',
    colorText: 'rgba(0,0,0,0.88)',
    colorTextSecondary: 'rgba(0,0,0,0.75)',
    colorTextTertiary: 'rgba(0,0,0,0.65)',
    colorTextDescription: 'rgba(0,0,0,0.68)',
    colorTextPlaceholder: 'rgba(0,0,0,0.60)',
    colorBgLayout: '#f4f6f9',
    colorBorderSecondary: '#e6eaf0',
    borderRadius: 6,
    wireframe: false,
  },
  components: {
    Layout: { headerBg: '#ffffff', siderBg: '#ffffff', bodyBg: '#f4f6f9', headerHeight: 56 },
    Menu: {
      itemBorderRadius: 6,
      itemHeight: 38,
      itemSelectedBg: '#e8f0fc',
      itemSelectedColor: '#0b4fb3',
      groupTitleColor: 'rgba(0,0,0,0.62)',
      groupTitleFontSize: 12,
    },
    Table: {
      headerBg: '#f7f9fc',
      headerColor: 'rgba(0,0,0,0.75)',
      headerSplitColor: 'transparent',
    },
    Card: { headerFontSize: 15 },
    Tabs: { titleFontSize: 14 },
  },
}

/** For charts, which cannot read the tokens. */
export const chartColours = ['#0b4fb3', '#9fb8dd', '#1f7a1f', '#c77700', '#7a4fb0', '#64748b']
